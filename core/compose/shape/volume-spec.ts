import { ComposeFault, type Path, printable } from '../value/fault.ts';
import { emptyMapping, type Mapping } from '../value/value.ts';

/** What a volume's short form `[source:]target[:options]` says. */
export interface VolumeSpec {
  readonly source?: string;
  readonly target?: string;
  readonly options: readonly string[];
  /** One or two characters: taken as the target of a volume without further form. */
  readonly bare: boolean;
}

const propagations = new Set(['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave']);

function splitSections(spec: string): string[] {
  const sections: string[] = [];
  let section = '';
  for (const character of spec) {
    const drive = character === ':' && /^\p{L}$/u.test(section);
    if (character === ':' && !drive) {
      sections.push(section);
      section = '';
    } else section += character;
  }
  return [...sections, section];
}

/** @throws ComposeFault COMPOSE_VALUE empty, an empty section, or more than three sections. */
export function parseVolume(spec: string, path: Path): VolumeSpec {
  const refuse = (why: string) =>
    new ComposeFault('COMPOSE_VALUE', path, `volume \`${printable(spec)}\`: ${why}`);
  if (spec === '') throw refuse('it is empty');
  if (Buffer.byteLength(spec) <= 2) return { target: spec, options: [], bare: true };
  const sections = splitSections(spec);
  if (sections.includes('')) throw refuse('a section between colons is empty');
  if (sections.length > 3) throw refuse('too many colons');
  const [first = '', second, third] = sections;
  if (second === undefined) return { target: first, options: [], bare: false };
  return { source: first, target: second, options: third?.split(',') ?? [], bare: false };
}

function isFilePath(source: string): boolean {
  return /^[./~]/.test(source) || source.startsWith('\\\\') || /^\p{L}:/u.test(source);
}

/** The target as Go's `path.Clean` leaves it. */
export function cleanPath(path: string): string {
  if (path === '') return '.';
  const rooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !rooted) parts.push(part);
  }
  return `${rooted ? '/' : ''}${parts.join('/')}` || '.';
}

/** The long form of a volume's short form. */
export function volumeOf(spec: VolumeSpec): Mapping {
  const volume = emptyMapping();
  const bind = emptyMapping();
  const named = emptyMapping();
  for (const option of spec.options) {
    if (option === 'ro') volume.read_only = true;
    else if (option === 'rw') delete volume.read_only;
    else if (option === 'nocopy') named.nocopy = true;
    else if (propagations.has(option)) bind.propagation = option;
    else if (option === 'z' || option === 'Z') bind.selinux = option;
  }
  const file = spec.source !== undefined && isFilePath(spec.source);
  volume.type = file ? 'bind' : 'volume';
  if (spec.source !== undefined) volume.source = spec.source;
  if (spec.target !== undefined) volume.target = cleanPath(spec.target);
  if (file) bind.create_host_path = true;
  if (Object.keys(bind).length > 0) volume.bind = bind;
  if (Object.keys(named).length > 0 || (!file && !spec.bare)) volume.volume = named;
  return volume;
}
