/* Generated from schemas/*.schema.json by `npm run generate`. Do not edit. */
import type { ErrorObject } from 'ajv';
import type * as Types from './types.generated.ts';
export interface Validate<Value = unknown> {
  (data: unknown): data is Value;
  errors?: ErrorObject[] | null;
}
export const agent: Validate<Types.AgentFile>;
export const agents: Validate<Types.AgentsFile>;
export const app: Validate<Types.AppFile>;
export const device: Validate<Types.DeviceFile>;
export const fleet: Validate<Types.FleetFile>;
export const gateway: Validate<Types.GatewayFile>;
export const group: Validate<Types.GroupFile>;
export const images: Validate<Types.ImagesFile>;
export const lab: Validate<Types.LabFile>;
export const operator: Validate<Types.OperatorFile>;
export const policy: Validate<Types.PolicyFile>;
export const release: Validate<Types.ReleaseFile>;
export const review: Validate<Types.ReviewFile>;
export const rollout: Validate<Types.RolloutFile>;
export const status: Validate<Types.StatusFile>;
