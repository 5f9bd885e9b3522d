/* Generated from schemas/*.schema.json by `npm run generate`. Do not edit. */
import type { ErrorObject } from 'ajv';
export interface Validate {
  (data: unknown): boolean;
  errors?: ErrorObject[] | null;
}
export const agent: Validate;
export const app: Validate;
export const device: Validate;
export const fleet: Validate;
export const gateway: Validate;
export const group: Validate;
export const operator: Validate;
export const policy: Validate;
export const release: Validate;
export const status: Validate;
