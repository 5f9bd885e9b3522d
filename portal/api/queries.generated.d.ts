/* Generated from portal/api/openapi.json by `npm run generate`. Do not edit. */
import type { Validate } from '../../schemas/validate.generated.js';
import type * as Types from './types.generated.ts';
export const isLoginOidcBackQuery: Validate<Types.LoginOidcBackQuery>;
export const isDevicesQuery: Validate<Types.DevicesQuery>;
export const isDeviceTimelineQuery: Validate<Types.DeviceTimelineQuery>;
export const isDeviceLogsQuery: Validate<Types.DeviceLogsQuery>;
export const isDeviceMetricsQuery: Validate<Types.DeviceMetricsQuery>;
export const isReleaseDiffQuery: Validate<Types.ReleaseDiffQuery>;
export const isRolloutQuery: Validate<Types.RolloutQuery>;
export const isUpgradesQuery: Validate<Types.UpgradesQuery>;
export const isAuditQuery: Validate<Types.AuditQuery>;
export const isJumpQuery: Validate<Types.JumpQuery>;
export const isLiveQuery: Validate<Types.LiveQuery>;
export const isSessionsQuery: Validate<Types.SessionsQuery>;
