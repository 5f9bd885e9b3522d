import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import { type PlainFile, plainValue } from '../git/yaml-node.ts';
import type { Policy } from '../policy/policy.ts';
import { materialName, pinOf } from '../signature/key-material.ts';
import { sshKeyNumbers } from '../signature/ssh-key-numbers.ts';
import type { Claim } from './claims.ts';

const maxFleetFileBytes = 1024 * 1024;
const fleetPath = 'fleet.yaml';

export interface ReservedQuestion {
  readonly reader: ObjectReader;
  readonly policy: Policy;
  readonly coming: Policy | undefined;
  readonly from: ObjectId;
  readonly to: ObjectId;
}

/** Keys that only root gives to a device or an operator: those of principals and of gateways, before and after a step. */
export class ReservedKeys {
  /** Material → principals that have it. */
  readonly #principals = new Map<string, Set<string>>();
  /** Materials and pins of gateways. */
  readonly #gateways = new Set<string>();

  /** @throws TowlineError what the reader throws. */
  static async read({ reader, policy, coming, from, to }: ReservedQuestion): Promise<ReservedKeys> {
    const reserved = new ReservedKeys();
    const materials = [...policy.keys.materials, ...(coming?.keys.materials ?? [])];
    for (const { material, principal } of materials) reserved.#addPrincipal(material, principal);
    for (const commit of [from, to]) {
      const entry = await reader.entryAt(commit, fleetPath);
      if (entry === undefined || entry.mode === '040000') continue;
      reserved.#addGateways(await reader.plainYaml(entry.id, maxFleetFileBytes));
    }
    return reserved;
  }

  /**
   * Whose key it is, for people; undefined where it may be gained.
   * @param operator who gains it: one may have the key of the principal of the same name.
   */
  ownerOf({ name, numbers }: Claim, operator: string | undefined): string | undefined {
    if (numbers === undefined) return undefined;
    const principal = [...(this.#principals.get(name) ?? [])].find(found => found !== operator);
    if (principal !== undefined) return `principal ${principal}`;
    const pin = pinOf(numbers);
    const isGateway = this.#gateways.has(name) || (pin !== undefined && this.#gateways.has(pin));
    return isGateway ? 'a gateway' : undefined;
  }

  #addPrincipal(material: string, principal: string): void {
    const known = this.#principals.get(material) ?? new Set();
    this.#principals.set(material, known.add(principal));
  }

  /** As far as it can be read: fleet.yaml is judged by its schema after the walk. */
  #addGateways(file: PlainFile): void {
    for (const { tlsPins, sshHostKeys, accessKeys, certificateKeys } of gatewaysIn(file)) {
      for (const pin of textsIn(tlsPins)) this.#gateways.add(pin);
      for (const line of [sshHostKeys, accessKeys, certificateKeys].flatMap(textsIn)) {
        try {
          this.#gateways.add(materialName(sshKeyNumbers(line)));
        } catch {
          // No key, for anybody who reads it.
        }
      }
    }
  }
}

function gatewaysIn(file: PlainFile): readonly Record<string, unknown>[] {
  if ('problem' in file) return [];
  const gateways = file.node.kind === 'map' ? file.node.entries.get('gateways') : undefined;
  const list: unknown = gateways === undefined ? [] : plainValue(gateways);
  return Array.isArray(list) ? list.filter(entry => typeof entry === 'object' && entry !== null) : [];
}

function textsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.filter(entry => typeof entry === 'string') : [];
}
