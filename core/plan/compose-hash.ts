/** docker compose's own hash of a service, for its label. */
import type { ComposeModel } from '../compose/model.ts';
import { canonicalHash } from './canonical.ts';

export function composeServiceHash(
  model: ComposeModel,
  service: string,
  _idOf: (service: string) => string,
): string {
  return canonicalHash(model.services[service] ?? {});
}
