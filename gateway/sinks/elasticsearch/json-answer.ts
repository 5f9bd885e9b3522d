/** The object that a cluster answers with. */
import { TowlineError } from '../../../core/errors.ts';
import { type Fields, readFields } from '../../../core/json.ts';

/** @param where for a person. @throws TowlineError TELEMETRY_ANSWER_UNREADABLE */
export function jsonAnswer(body: Buffer, where: string): Fields {
  try {
    return readFields(body.toString('utf8'));
  } catch (cause) {
    throw new TowlineError('TELEMETRY_ANSWER_UNREADABLE', `${where} answered with what is no JSON`, {
      cause,
    });
  }
}
