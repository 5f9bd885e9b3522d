/** A plan as lines that a person reads: in a pull request, at `towline plan`, in the log. */
import { someOf } from '../some-of.ts';
import type { WholePlan } from './plan.ts';
import { formatBytes } from './quantity.ts';
import type { Step, StepOf } from './step.ts';

function imageName(image: string): string {
  return image.replace(/@sha256:([0-9a-f]{12})[0-9a-f]*$/, '@sha256:$1…');
}

const seconds = (ms: number): string =>
  ms < 100_000 ? `${Math.max(1, Math.round(ms / 1000))} s` : `${Math.round(ms / 60_000)} min`;

/** `back up shop_db: about 1.2 GiB, db down about 40 s`. */
function backupWords({ volumes, mode, services, expected }: StepOf<'back-up'>): string {
  const what = `back up ${volumes.map(({ name }) => name).join(', ')}`;
  const stands = mode === 'pause' ? 'paused' : 'down';
  const about = expected === undefined ? '' : ` about ${seconds(expected.tookMs)}`;
  const facts = [
    ...(expected === undefined ? [] : [`about ${formatBytes(expected.bytes)}`]),
    ...(services.length === 0 ? [] : [`${someOf(services)} ${stands}${about}`]),
  ];
  return facts.length === 0 ? what : `${what}: ${facts.join(', ')}`;
}

function keptWords(step: StepOf<'put-aside' | 'put-back'>): string {
  if (step.kind === 'put-aside') return `${step.service}: keep ${step.name} until the app is healthy`;
  return `${step.service}: start ${step.before.name} again as docker compose had made it`;
}

/** What the step does, without its reason. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'pull-image':
      return `pull ${imageName(step.image)}`;
    case 'backup-hook':
      return `${step.service}: run the command ${step.hook === 'pre' ? 'before' : 'after'} the backup`;
    case 'check-room':
      return 'see whether there is room for the backup';
    case 'back-up':
      return backupWords(step);
    case 'unpack-backup':
      return `unpack backup ${step.backup}`;
    case 'remove-aside':
      return `remove what a restore has put aside (${step.name})`;
    case 'restore-volumes':
      return `put ${step.volumes.map(({ name }) => name).join(', ')} back as backup ${step.backup} has it`;
    case 'write-files':
      return 'write files';
    case 'create-network':
      return `create network ${step.name}`;
    case 'remove-network':
      return `remove network ${step.name}`;
    case 'connect-network':
      return `${step.service}: connect to network ${step.network}`;
    case 'disconnect-network':
      return `${step.service}: disconnect from network ${step.network}`;
    case 'create-volume':
      return `create volume ${step.name}`;
    case 'remove-volume':
    case 'retire-volume':
      return `remove volume ${step.name} with all that it holds`;
    case 'create-container':
      if (step.beside === true) return `${step.service}: create its successor beside it`;
      return `${step.service}: ${step.replaces === undefined ? 'create' : 'create its successor'}`;
    case 'stop-container':
      return `${step.service}: stop ${step.name}`;
    case 'remove-container':
      return `${step.service}: remove ${step.name}`;
    case 'rename-container':
      return `${step.service}: name it ${step.name}`;
    case 'put-aside':
    case 'put-back':
      return keptWords(step);
    case 'unpause-container':
      return `${step.service}: let ${step.name} go on`;
    case 'start-container':
      return `${step.service}: start`;
    case 'take-names':
      return `${step.service}: its names lead to the new one, too`;
    case 'take-restart':
      return `${step.service}: the new one is started again after a power cut, the old one is not`;
    case 'wait-ready':
      return `wait until the new ${step.service} is ${step.settled ? 'well under its names' : 'healthy'}`;
    case 'wait-service':
      return `wait for ${step.service} (${step.condition})`;
    case 'wait-healthy':
      return 'wait until healthy, else go back';
    case 'open-tunnel':
      return 'open tunnel';
    case 'close-tunnel':
      return 'close tunnel';
  }
}

/** `services`: one line for each service that is touched and why; `steps`: every step. */
export type PlanDetail = 'services' | 'steps';

function projectLines(plan: WholePlan, project: string, detail: PlanDetail): string[] {
  const steps = plan.steps.filter(step => 'project' in step && step.project === project);
  if (detail === 'steps') return steps.map(step => `  ${describeStep(step)} — ${step.reason}`);
  const told = new Map<string, Set<string>>();
  for (const step of steps) {
    if (['wait-healthy', 'wait-service', 'wait-ready', 'check-room'].includes(step.kind)) continue;
    const subject = 'service' in step && step.kind !== 'pull-image' ? step.service : describeStep(step);
    const reasons = told.get(subject) ?? new Set();
    told.set(subject, goesWithoutSaying(step) ? reasons : reasons.add(step.reason));
  }
  return [...told].map(
    ([subject, reasons]) => `  ${[subject, [...reasons].join('; ')].filter(Boolean).join(' — ')}`,
  );
}

/** What is pulled or made because it is missing. */
const goesWithoutSaying = ({ kind, reason }: Step): boolean =>
  kind === 'pull-image' || (kind.startsWith('create-') && reason.endsWith(' is not there'));

/** Lines without a line feed; one that says "nothing to do" for an empty plan. */
export function explainPlan(plan: WholePlan, detail: PlanDetail = 'services'): string[] {
  const names = [
    ...plan.steps.flatMap(step => ('project' in step ? [step.project] : [])),
    ...plan.skipped.map(({ project }) => project),
    ...plan.notices.map(({ project }) => project),
  ];
  const lines = plan.steps
    .filter(step => !('project' in step))
    .map(step => `tunnel: ${describeStep(step)} — ${step.reason}`);
  for (const project of [...new Set(names)].sort()) {
    lines.push(`${project}:`);
    for (const skipped of plan.skipped.filter(one => one.project === project)) {
      const code = skipped.code === undefined ? '' : ` (${skipped.code})`;
      lines.push(`  not now: ${skipped.reason}${code}`);
    }
    for (const notice of plan.notices.filter(one => one.project === project))
      lines.push(`  note: ${notice.message}`);
    lines.push(...projectLines(plan, project, detail));
  }
  return lines.length === 0 ? ['nothing to do'] : lines;
}
