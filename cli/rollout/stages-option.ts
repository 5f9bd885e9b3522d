/** `--stages canary:group=canary:4h,tenth:10%:1d,all`: stages as a person types them. */
import { TowlineError } from '../../core/errors.ts';

/** As it stands in the file, in the order in which people read it. */
export interface TypedStage {
  readonly name: string;
  readonly select?: object;
  readonly percent?: number;
  readonly hold?: string;
  readonly promote?: 'people';
}

const wanted = 'name[:all|group=NAME|KEY=VALUE|N%][:HOLD][:people]';

/** @throws TowlineError CLI_USAGE */
export function typedStages(text: string): TypedStage[] {
  return text.split(',').map(part => {
    const [name = '', ...words] = part.split(':');
    let stage: TypedStage = { name };
    for (const word of words) {
      const more = partOf(word);
      if (more === undefined || Object.keys(more).some(key => key in stage)) throw refused(part);
      stage = { ...stage, ...more };
    }
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) throw refused(part);
    if (stage.select !== undefined && stage.percent !== undefined) throw refused(part);
    if (stage.select === undefined && stage.percent === undefined) {
      if (name !== 'all') throw refused(part);
      stage = { ...stage, select: { all: true } };
    }
    return stage;
  });
}

function partOf(word: string): Omit<TypedStage, 'name'> | undefined {
  if (word === 'all') return { select: { all: true } };
  if (word === 'people') return { promote: 'people' };
  if (/^([0-9]+(ms|s|m|h|d))+$/.test(word)) return { hold: word };
  if (/^[0-9]{1,3}(\.[0-9]{1,2})?%$/.test(word)) return { percent: Number(word.slice(0, -1)) };
  const [, key, value] = /^([^=]+)=(.+)$/.exec(word) ?? [];
  if (key === undefined || value === undefined) return undefined;
  return { select: key === 'group' ? { groups: [value] } : { labels: { [key]: value } } };
}

const refused = (part: string) =>
  new TowlineError('CLI_USAGE', `--stages: "${part}" is no stage, such as ${wanted}`);
