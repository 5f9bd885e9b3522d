/* Generated from portal/api/openapi.json by `npm run generate`. Do not edit. */
import type { Validate } from '../../schemas/validate.generated.js';
import type * as Types from './types.generated.ts';
export const isTokenLogin: Validate<Types.TokenLogin>;
export const isSshLoginBegin: Validate<Types.SshLoginBegin>;
export const isSshLoginFinish: Validate<Types.SshLoginFinish>;
export const isPasskeyLoginBegin: Validate<Types.PasskeyLoginBegin>;
export const isPasskeyLoginFinish: Validate<Types.PasskeyLoginFinish>;
export const isPasskeyRegistration: Validate<Types.PasskeyRegistration>;
export const isIntent: Validate<Types.Intent>;
export const isSignRequest: Validate<Types.SignRequest>;
export const isTerminalRequest: Validate<Types.TerminalRequest>;
export const isBundleRequest: Validate<Types.BundleRequest>;
