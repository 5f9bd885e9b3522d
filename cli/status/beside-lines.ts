/** Below the table: agents on their way to another version, and what is out of support. None of it makes a device unwell. */
import { printable } from '../../core/shown-text.ts';
import { someOf } from '../../core/some-of.ts';
import { supportFacts, supportOfAll } from '../../core/support/judge.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { Sight } from './sight.ts';

/** Of those that are shown. */
export function besideLines({ reports }: Pick<Sight, 'reports'>, nowMs: number): string[] {
  const said = [...reports].flatMap(([device, { status }]) =>
    status === undefined ? [] : [{ device, status }],
  );
  const agents = Map.groupBy(
    said.filter(({ status }) => status.agent.update !== undefined),
    ({ status }) => agentSentence(status.agent),
  );
  const support = supportOfAll(
    said.map(({ device, status }) => [device, supportFacts(status)] as const),
    nowMs,
  );
  return [
    ...[...agents].map(([sentence, of]) => `${sentence}: ${someOf(of.map(({ device }) => device))}`),
    ...[...support].map(([sentence, devices]) => `${sentence}: ${someOf(devices)}`),
  ];
}

function agentSentence({ update }: StatusFile['agent']): string {
  if (update === undefined) return '';
  const code = update.code === undefined ? '' : ` (${update.code})`;
  return printable(`Agent ${update.version} is ${update.phase}${code}`);
}
