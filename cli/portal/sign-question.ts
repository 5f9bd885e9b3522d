/** Whether the person signs what the page has asked for: asked where they started the program, and nowhere else. */
import { TowlineError } from '../../core/errors.ts';
import { printable } from '../../core/shown-text.ts';
import { type Asked, personMs } from '../../portal/home/change-home.ts';

/** Of files that are named, count. */
const mostFiles = 10;

/** @param text lines, and how the answer is typed. @returns undefined: nobody can be asked, or nobody answered in time */
export type AskPerson = (text: string, signal: AbortSignal) => Promise<string | undefined>;

export interface SignQuestion {
  readonly asked: Asked;
  /** `main of origin`, `the branch changes/… of origin`. */
  readonly where: string;
  /** The signature is an approval, in a branch that asks. */
  readonly isApproval?: boolean;
  readonly waitMs?: number;
}

/** @throws TowlineError PORTAL_NOT_SIGNED; the signal's reason */
export async function assertWanted(
  question: SignQuestion,
  ask: AskPerson,
  signal: AbortSignal,
): Promise<void> {
  const { waitMs = personMs } = question;
  const late = AbortSignal.timeout(waitMs);
  const typed = await ask(questionOf(question), AbortSignal.any([signal, late]));
  signal.throwIfAborted();
  if (typed !== undefined && /^y(es)?$/i.test(typed.trim())) return;
  const why =
    typed !== undefined
      ? 'the answer was no'
      : late.aborted
        ? 'nobody answered in time'
        : 'nobody can be asked';
  throw new TowlineError('PORTAL_NOT_SIGNED', `${why}, where \`towline portal\` runs`);
}

function questionOf({ asked, where, isApproval = false }: SignQuestion): string {
  const { title, files, fingerprint } = asked;
  const shown = files.slice(0, mostFiles).map(file => `    ${printable(file)}`);
  const more = files.length > mostFiles ? [`    and ${files.length - mostFiles} more`] : [];
  return [
    '',
    `The page asks for your ${isApproval ? 'approval' : 'signature'}:`,
    `  ${printable(title)}  →  ${printable(where)}`,
    ...shown,
    ...more,
    `  fingerprint ${fingerprint}: the page must show the very same`,
    isApproval ? 'Approve and push? [y/N]' : 'Sign and push? [y/N]',
  ].join('\n');
}
