/** What the policy at the base asks for of a branch, who has vouched for it, and who is missing. */

import { canonicalJson } from '../../core/canonical-json.ts';
import { isTowlineError } from '../../core/errors.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { HolderIndex } from '../../core/trust/holders/holder-index.ts';
import { TrustedLine } from '../../core/trust/line/line.ts';
import type { TrustedState } from '../../core/trust/line/trusted-state.ts';
import type { PolicyCache } from '../../core/trust/policy/policy-load.ts';
import { isSatisfied, type Requirement, vouchedOf } from '../../core/trust/policy/requirement.ts';
import { judgeStep } from '../../core/trust/step/step.ts';
import type { StepReport } from '../../core/trust/step/step-types.ts';
import { isVerdict } from '../../core/trust/step/verdict.ts';
import { openAnchor, type WalkStop, walk } from '../../core/trust/walk.ts';
import type { ReviewFile } from '../../schemas/types.generated.ts';
import { bounded, firstOf } from './bounded.ts';
import type { Compared } from './compared.ts';

export type ReviewedTrust = ReviewFile['trust'];
type Asked = ReviewedTrust['requirements'][number];

export interface Missing {
  readonly trust: ReviewedTrust;
  /** Requirements that there was no room for. */
  readonly leftOut: number;
}

const mostRequirements = 64;
const nothingAsked = { asItIs: false, merged: false, requirements: [] };

/** The base is what a device is taken to trust: whether it may be is the check's affair (`towline trust check`). */
export async function missingTrust(compared: Compared, signal: AbortSignal): Promise<Missing> {
  await using source = new GitCatFileSource(compared.repository.gitDirectory);
  const policies: PolicyCache = new Map();
  const reader = () => new ObjectReader(source);
  try {
    const trusted = await openAnchor(reader(), compared.base, policies);
    return await judged(compared, { reader, trusted, policies }, signal);
  } catch (error) {
    if (!isVerdict(error) && !(isTowlineError(error) && error.code.startsWith('TRUST_'))) throw error;
    return { trust: { ...nothingAsked, code: error.code, message: bounded(error.message) }, leftOut: 0 };
  }
}

interface Judging {
  reader(): ObjectReader;
  readonly trusted: TrustedState;
  readonly policies: PolicyCache;
}

async function judged(
  { base, head, merged, isForward, commits }: Compared,
  { reader, trusted, policies }: Judging,
  signal: AbortSignal,
): Promise<Missing> {
  const walked = isForward ? await walkedTo(head, { reader, trusted, policies }, signal) : undefined;
  const own = reader();
  const whole = await judgeStep({
    reader: own,
    policies,
    trusted,
    holders: new HolderIndex(),
    line: new TrustedLine(own, base),
    end: merged,
    // A commit on the base is vouched for by its signature too, where it is pushed as it is.
    single: isForward && commits === 1,
  });
  const byApprovals = approvers(whole);
  const isMerged = whole.stop === undefined && (!isForward || commits > 1 || suffice(whole, byApprovals));
  const asItIs = walked === 'accepted';
  const stop = walked === undefined || walked === 'accepted' ? whole.stop : walked;
  // Of what may be pushed as it is the signature is no news: what a merge button lacks is.
  const asked = requirementsOf(whole, asItIs ? byApprovals : whole.vouchers);
  return {
    trust: {
      asItIs,
      merged: isMerged,
      ...(asItIs || stop === undefined ? {} : { code: stop.code, message: bounded(stop.message) }),
      requirements: asked.slice(0, mostRequirements),
    },
    leftOut: Math.max(0, asked.length - mostRequirements),
  };
}

/** A merge button leaves no signature: those who approved are left. */
const approvers = ({ approvals }: StepReport): ReadonlySet<string> =>
  new Set(approvals.map(({ principal }) => principal));

const suffice = ({ requirements, change }: StepReport, people: ReadonlySet<string>): boolean =>
  change.length > 0 && requirements.every(each => isSatisfied(each, people));

async function walkedTo(
  head: string,
  { reader, trusted: from, policies }: Judging,
  signal: AbortSignal,
): Promise<'accepted' | WalkStop> {
  const holders = new HolderIndex();
  let trusted = from;
  for (;;) {
    const result = await walk({ reader: reader(), policies, holders, trusted, head, signal });
    if (result.stopped !== undefined) return result.stopped;
    if (result.more !== true) return 'accepted';
    trusted = result.trusted;
  }
}

/** Folded: paths for which the same people are asked stand together, what is missing first. */
function requirementsOf({ requirements }: StepReport, vouchers: ReadonlySet<string>): Asked[] {
  const folded = new Map<string, { paths: Set<string>; asked: Requirement }>();
  for (const asked of requirements) {
    const { pointer, rule, because, roles } = asked;
    const key = canonicalJson({ pointer, rule, because, roles: roles.map(({ name }) => name) });
    const found = folded.get(key);
    if (found === undefined) folded.set(key, { paths: new Set([asked.path]), asked });
    else found.paths.add(asked.path);
  }
  const all = [...folded.values()].map(({ paths, asked }) => requirement([...paths], asked, vouchers));
  return [...all.filter(({ isMet }) => !isMet), ...all.filter(({ isMet }) => isMet)];
}

function requirement(paths: readonly string[], asked: Requirement, vouchers: ReadonlySet<string>): Asked {
  const { pointer, rule, because, roles } = asked;
  return {
    paths: firstOf(paths),
    ...(pointer === undefined ? {} : { pointer: bounded(pointer) }),
    ...(rule === undefined ? {} : { rule }),
    ...(because === undefined ? {} : { because: bounded(because) }),
    roles: roles.slice(0, 16).map(role => ({
      name: bounded(role.name),
      threshold: role.threshold,
      vouched: named(vouchedOf(asked, role, vouchers)),
      missing: named(
        [...role.principals].filter(person => !vouchedOf(asked, role, vouchers).includes(person)),
      ),
    })),
    isMet: isSatisfied(asked, vouchers),
  };
}

const named = (people: readonly string[]) => people.slice(0, 64).map(bounded);
