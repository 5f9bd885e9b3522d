/** How a device differs between two commits, in words. */
import { tokensOf } from '../fleet/json-pointer.ts';
import { fieldsOf } from '../json.ts';
import { changeWords, type ValueChange, valueChanges } from './value-changes.ts';

/** @param facts of `deviceFacts`; undefined: there is no such device */
export function deviceChanges(from: object | undefined, to: object | undefined): readonly ValueChange[] {
  if (from === undefined || to === undefined) {
    if (from === to) return [];
    return [{ at: '', ...(from === undefined ? { to: 'added' } : { from: 'removed' }) }];
  }
  return valueChanges(from, to);
}

/** `hello: release 1.4.2 → 1.5.0`, `tunnel.state: closed → open`, `hello: file compose.yaml changed` */
export function deviceChangeWords(change: ValueChange): string {
  const { at, from, to } = change;
  if (at === '') return from === undefined ? 'is added' : 'is removed';
  const [top, app = '', what = '', ...rest] = tokensOf(at);
  if (top !== 'apps' || app === '') return `${tokensOf(at).join('.')}: ${changeWords(change)}`;
  if (what === '') {
    if (from !== undefined && to !== undefined) return `${app}: much changes`;
    const release = fieldsOf(to ?? from).release;
    const named = typeof release === 'string' ? ` ${release}` : '';
    return from === undefined ? `${app}${named} comes` : `${app}${named} goes`;
  }
  if (what === 'files' || what === 'secrets') {
    const how = from === undefined ? 'added' : to === undefined ? 'removed' : 'changed';
    if (rest.length === 0) return `${app}: many ${what} changed`;
    return `${app}: ${what.slice(0, -1)} ${rest.join('/')} ${how}`;
  }
  return `${app}: ${[what, ...rest].join('.')} ${changeWords(change)}`;
}
