/** Devices that wait for a person to compare their keys. */
import { statementFingerprint } from '../../../core/enrolment/statement.ts';
import type { Enrolments } from '../../api/types.generated.ts';
import { sshName, tlsName } from '../device/key-names.ts';
import type { Model } from '../model.ts';
import type { Sight } from '../sight.ts';

/** For who reads all of telemetry.git, where statements lie. @throws the signal's reason */
export async function enrolmentList({ home }: Model, sight: Sight, signal: AbortSignal): Promise<Enrolments> {
  if (!sight.readsAll) return { enrolments: [] };
  const waiting = await home.enrolments(signal);
  return {
    enrolments: [...waiting]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([device, statements]) => ({
        device,
        statements: statements.map(({ statement }) => ({
          ssh: sshName(statement.keys.ssh),
          tls: tlsName(statement.keys.tls),
          fingerprint: statementFingerprint(statement),
        })),
        command: `towline device accept ${device}`,
      })),
  };
}
