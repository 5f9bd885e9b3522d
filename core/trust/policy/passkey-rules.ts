/**
 * What a passkey may vouch for. The page on which it signs is served by a gateway, and an owned gateway shows what it
 * likes: so the list of values is closed, and holds what an owned gateway could do to a device by withholding or hastening,
 * or what people have accepted before (docs/decisions/passkeys.md).
 */
import type { PolicyFile } from '../../../schemas/types.generated.ts';
import type { PasskeyRules } from '../../webauthn/assertion.ts';
import { isWithin, type Passkey } from '../../webauthn/passkey.ts';
import type { Role, Rule } from './rule.ts';

/** Principals by name, with what they sign by at a portal. */
export type Passkeys = ReadonlyMap<string, readonly Passkey[]>;

/** Where a rule for passkeys may lead, and which values below. `*` is a name, `**` anything below. */
const reach: readonly (readonly [place: RegExp, values: readonly string[]])[] = [
  [
    /^(?:devices\/|groups\/|fleet\.yaml$)/,
    ['/paused', '/tunnel/**', '/apps/*/paused', '/apps/*/release', '/apps/*/next', '/apps/*/pinned/**'],
  ],
  [/^rollouts\//, ['/stage', '/since', '/paused', '/reason']],
];

/** The rules of `webauthn`. @returns what is wrong with them, in words, or undefined where there are none */
export function readWebauthn({ webauthn }: PolicyFile, walk: number): PasskeyRules | string | undefined {
  if (webauthn === undefined) return undefined;
  if (walk < 2) return '`webauthn` is a word of walk 2';
  const { origins, verification = 'required' } = webauthn;
  const other = origins.find(origin => !URL.canParse(origin) || new URL(origin).origin !== origin);
  return other === undefined ? { origins, verification } : `${other} is no origin as browsers write them`;
}

/** @returns why a rule must not count passkeys, or undefined */
export function passkeyRuleProblem({ number, paths, only, change, roles }: Rule): string | undefined {
  if (only === undefined && change === undefined)
    return `rule ${number} counts passkeys for whole files; it needs \`only\` or \`change\``;
  if (roles.includes('root'))
    return `rule ${number} counts passkeys for role root, towards which none counts`;
  for (const path of paths) {
    const values = reach.find(([place]) => place.test(path))?.[1];
    if (values === undefined)
      return `rule ${number} counts passkeys for ${path}, which is not below devices/, groups/, rollouts/ nor fleet.yaml`;
    const wide = only?.find(pointer => !values.some(value => isBelow(pointer, value)));
    if (wide !== undefined)
      return `rule ${number} counts passkeys for /${wide.join('/')} of ${path}, beyond ${values.join(', ')}`;
  }
  return undefined;
}

function isBelow(pointer: readonly string[], value: string): boolean {
  const tokens = value.split('/').slice(1);
  const isOpen = tokens.at(-1) === '**';
  const fixed = isOpen ? tokens.slice(0, -1) : tokens;
  const fits = fixed.every((token, index) =>
    token === '*' ? (pointer[index] ?? '') !== '' : pointer[index] === token,
  );
  return fits && (isOpen || pointer.length === fixed.length);
}

export interface PasskeyQuestion {
  readonly passkeys: Passkeys;
  readonly webauthn: PasskeyRules | undefined;
  readonly roles: ReadonlyMap<string, Role>;
  readonly rules: readonly Rule[];
  /** Whether this principal has another key than passkeys. */
  hasOther(principal: string): boolean;
}

/** @returns why these passkeys cannot do what the policy gives them, or undefined */
export function passkeyProblem(question: PasskeyQuestion): string | undefined {
  const { passkeys, webauthn, roles, rules } = question;
  for (const [principal, keys] of passkeys) {
    if (webauthn === undefined) return `${principal} has passkeys, and there is no \`webauthn\``;
    const lost = keys.find(({ rpId }) => !webauthn.origins.some(origin => isWithin(origin, rpId)));
    if (lost !== undefined)
      return `a passkey of ${principal} is of ${lost.rpId}, to which no origin of \`webauthn\` belongs`;
    if (question.hasOther(principal)) continue;
    for (const role of rolesOf(roles, principal)) {
      const rule = rules.find(({ roles: named, passkeys }) => named.includes(role) && passkeys !== true);
      if (role === 'root' || role === 'timestamp' || rule !== undefined) {
        const where = rule === undefined ? '' : ` by rule ${rule.number}`;
        return `${principal} has passkeys alone, which never count for role ${role}${where}`;
      }
    }
  }
  return undefined;
}

function rolesOf(roles: ReadonlyMap<string, Role>, principal: string): string[] {
  return [...roles.values()].filter(role => role.principals.has(principal)).map(({ name }) => name);
}
