/** What of the fleet is shown: it stands in the address, and is asked of the server. */
import { useEffect, useRef } from 'preact/hooks';
import { Choice, TextField } from '../part/field.tsx';
import { place, refine } from '../route/place.ts';
import { say, sayOf } from '../words/say.ts';

export const filterNames = [
  'q',
  'standing',
  'need',
  'group',
  'label',
  'app',
  'release',
  'sort',
  'order',
] as const;

const standings = [
  ...['failed', 'rolled-back', 'degraded', 'stale', 'progressing', 'waiting', 'paused', 'applied'],
  ...['unchanged', 'retired', 'never seen', 'no keys', 'not shown', 'not yours', 'unread'],
];

const needs = [
  ...['stopped', 'fork', 'failed', 'dark', 'stale', 'degraded', 'doubtful', 'waiting-enrolment'],
  ...['open-tunnel', 'old-pin'],
];

/** After the last letter. */
const waitMs = 150;

const options = (room: string, words: readonly string[]) => [
  ['', say('devices.any')] as const,
  ...words.map(word => [word, sayOf(room, word)] as const),
];

/** The question of the list, as the address has it. */
export function filterQuestion(query: URLSearchParams): string {
  const kept = filterNames.flatMap(name => {
    const value = query.get(name);
    return value === null || value === '' ? [] : [[name, value]];
  });
  return new URLSearchParams(kept).toString();
}

export function Filters() {
  const { query } = place.value;
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const later = (name: string) => (value: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => refine({ [name]: value }), waitMs);
  };
  const text = (name: 'q' | 'group' | 'label' | 'app' | 'release', hint = '', wide = false) => (
    <TextField
      label={say(`devices.${name}`)}
      name={name}
      hint={hint}
      wide={wide}
      value={query.get(name) ?? ''}
      onChange={later(name)}
    />
  );
  return (
    <search>
      <form class="filters" aria-label={say('devices.filter')} onSubmit={event => event.preventDefault()}>
        {text('q', say('devices.q.hint'), true)}
        <Choice
          label={say('devices.standing')}
          name="standing"
          value={query.get('standing') ?? ''}
          options={options('standing', standings)}
          onChange={value => refine({ standing: value })}
        />
        <Choice
          label={say('devices.need')}
          name="need"
          value={query.get('need') ?? ''}
          options={options('need', needs)}
          onChange={value => refine({ need: value })}
        />
        {text('group')}
        {text('label', say('devices.label.hint'))}
        {text('app')}
        {text('release')}
        <button
          type="button"
          class="button"
          onClick={() => refine(Object.fromEntries(filterNames.map(name => [name, undefined])))}
        >
          {say('devices.clear')}
        </button>
      </form>
    </search>
  );
}
