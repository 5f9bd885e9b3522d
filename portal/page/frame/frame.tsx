/** What stands around each screen: bar, menu, and the place where the screen is drawn. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { liveState } from '../api/live.ts';
import { Icon, type IconName } from '../part/icon.tsx';
import { place } from '../route/place.ts';
import type { Key } from '../words/en.ts';
import { say, sayOf } from '../words/say.ts';
import { Brand } from './brand.tsx';
import { Jump } from './jump.tsx';
import { nextTheme, theme } from './theme.ts';
import { logOut, viewer } from './viewer.ts';

const entries: readonly (readonly [path: string, title: Key, icon: IconName, repository: boolean])[] = [
  ['/', 'screen.overview', 'overview', false],
  ['/devices', 'screen.devices', 'devices', false],
  ['/apps', 'screen.apps', 'apps', true],
  ['/rollouts', 'screen.rollouts', 'rollouts', true],
  ['/upgrades', 'screen.upgrades', 'upgrades', false],
  ['/sessions', 'screen.sessions', 'sessions', false],
  ['/enrolments', 'screen.enrolments', 'enrolments', true],
  ['/people', 'screen.people', 'people', true],
  ['/audit', 'screen.audit', 'audit', true],
];

export function Frame({ children }: { readonly children: ComponentChildren }) {
  const open = useSignal(false);
  return (
    <>
      <a class="skip" href="#content">
        {say('frame.skip')}
      </a>
      <div class="frame">
        <header class="bar">
          <Brand fleet={viewer.value?.fleet} />
          <button
            type="button"
            class="button menu-switch"
            aria-expanded={open.value}
            aria-controls="menu"
            onClick={() => {
              open.value = !open.value;
            }}
          >
            <Icon name="menu" />
            {say('frame.menu')}
          </button>
          <Jump />
          <span class="grow" />
          <ThemeSwitch />
          <Who />
        </header>
        <Menu open={open.value} onChosen={() => (open.value = false)} />
        {children}
      </div>
    </>
  );
}

function Menu({ open, onChosen }: { readonly open: boolean; readonly onChosen: () => void }) {
  const here = `/${place.value.path.split('/')[1] ?? ''}`;
  const shown = entries.filter(
    ([path, , , repository]) => !repository || isForAll(path) || viewer.value?.readsRepository !== false,
  );
  return (
    <nav class="menu" id="menu" aria-label={say('frame.screens')} data-open={open}>
      <ul>
        {shown.map(([path, title, icon]) => (
          <li key={path}>
            <a href={path} aria-current={here === path ? 'page' : undefined} onClick={onChosen}>
              <Icon name={icon} />
              {say(title)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Everybody who logs in makes their passkey there. */
const isForAll = (path: string): boolean => path === '/people' && viewer.value?.kind === 'gateway';

export function ThemeSwitch() {
  return (
    <button type="button" class="button plain" onClick={nextTheme}>
      <Icon name="sun" />
      <span class="unseen">{say('frame.theme', { theme: say(`frame.theme.${theme.value}`) })}</span>
    </button>
  );
}

function Who() {
  const me = viewer.value;
  if (me === undefined) return null;
  const words = say('frame.by', { name: me.name, way: say(`frame.by.${me.by}`) });
  return (
    <>
      <span class="who" title={say(me.kind === 'desk' ? 'frame.desk' : 'frame.gateway')}>
        {words}
      </span>
      {me.kind === 'desk' ? null : (
        <button
          type="button"
          class="button small"
          onClick={() => {
            logOut().catch(() => undefined);
          }}
        >
          {say('frame.logout')}
        </button>
      )}
    </>
  );
}

/** Whether what is shown moves by itself. */
export function LiveSign() {
  return (
    <span class="connection">
      <Icon name={liveState.value === 'on' ? 'dot' : 'ring'} />
      {sayOf('live', liveState.value)}
    </span>
  );
}
