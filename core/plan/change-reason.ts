/** Why a container is another one, in words. */
import { someOf } from '../some-of.ts';

/** "1.4.2" of `repo:1.4.2@sha256:…`, else a short digest, else the whole reference. */
export function imageVersion(reference: string): string {
  const [named = '', digest] = reference.split('@');
  const tag = /:([\w][\w.-]*)$/.exec(named.slice(named.lastIndexOf('/') + 1))?.[1];
  if (tag !== undefined) return tag;
  return digest === undefined ? named : digest.slice(0, 19);
}

function repository(reference: string): string {
  const named = reference.split('@')[0] ?? '';
  const slash = named.lastIndexOf('/');
  const colon = named.indexOf(':', slash + 1);
  return colon < 0 ? named : named.slice(0, colon);
}

export function imageReason(before: string, after: string): string {
  if (repository(before) !== repository(after)) return `image changed: ${before} → ${after}`;
  const [from, to] = [imageVersion(before), imageVersion(after)];
  if (from !== to) return `image changed: ${from} → ${to}`;
  return `image changed: ${from}, another digest`;
}

function partReason(name: string, before: string | undefined, after: string | undefined): string {
  const what = name.replace(
    /^(environment|labels|networks|sysctls|ulimits|annotations|storage_opt)\./,
    (_, map) => (map === 'labels' ? 'label ' : map === 'networks' ? 'network ' : `${map} `),
  );
  const subject = what.replace(/^config (?=\S)/, 'config file ');
  if (before === undefined) return `${subject} added`;
  return after === undefined ? `${subject} removed` : `${subject} changed`;
}

const shown = 4;

/** Compares the parts of two definitions. @returns "image changed: 1 → 2, environment LOG_LEVEL changed" */
export function changeReason(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  labelsOf?: { before: string; after: string },
): string {
  const reasons: string[] = [];
  const [oldImage, newImage] = [before.image, after.image];
  if (oldImage !== undefined && newImage !== undefined && oldImage !== newImage) {
    reasons.push(
      labelsOf !== undefined && labelsOf.before !== labelsOf.after
        ? `image changed: ${labelsOf.before} → ${labelsOf.after}`
        : imageReason(oldImage, newImage),
    );
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  for (const name of names) {
    if (name === 'image' || before[name] === after[name]) continue;
    reasons.push(partReason(name, before[name], after[name]));
  }
  if (reasons.length === 0) return 'definition changed';
  return someOf(reasons, shown);
}
