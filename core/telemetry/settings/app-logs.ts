/** Key `logs` of app.yaml: how the logs of an app's services are read. */
import type { LogSettings as LogSettingsFile } from '../../../schemas/types.generated.ts';
import type { Problem } from '../../errors.ts';
import { pointerOf } from '../../fleet/json-pointer.ts';
import type { CheckedFile } from '../../fleet/schema-check.ts';
import { parseSize } from '../../fleet/size.ts';
import { suggestion } from '../../nearest.ts';
import { defaultLogSettings, type LogPlan, type LogSettings } from '../lines/log-settings.ts';

type AppFile = CheckedFile<'app'> | undefined;

/** Warnings: what a profile leaves out on this device is no mistake. A name that is misspelt would be read as it is by default. */
export function logWarnings(services: readonly string[], file: AppFile): Problem[] {
  return Object.keys(file?.value.logs?.services ?? {}).flatMap((name): Problem[] => {
    if (file === undefined || services.includes(name)) return [];
    const message = `the Compose files have no service "${name}" on this device${suggestion(name, services)}`;
    const position = file.locate(`/logs/services${pointerOf([name])}`, 'key');
    return [{ code: 'TELEMETRY_SERVICE_UNKNOWN', message, position }];
  });
}

/** As the desired state has it: nothing where the file says nothing. */
export function appLogs(file: AppFile): { logs?: LogPlan } {
  const logs = file?.value.logs;
  if (logs === undefined) return {};
  const others = settings(defaultLogSettings, logs.default);
  const services = Object.entries(logs.services ?? {}).sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    logs: { others, services: new Map(services.map(([name, own]) => [name, settings(others, own)])) },
  };
}

function settings(wide: LogSettings, own: LogSettingsFile = {}): LogSettings {
  const { multiline = wide.multiline, maxBytesPerDay, maxLineSize, redact, ...rest } = own;
  const maxDay = maxBytesPerDay === undefined ? wide.maxBytesPerDay : parseSize(maxBytesPerDay);
  return {
    ...wide,
    ...rest,
    ...(multiline === undefined ? {} : { multiline }),
    redact: {
      patterns: [...new Set([...wide.redact.patterns, ...(redact?.patterns ?? [])])].sort(),
      literals: [...new Set([...wide.redact.literals, ...(redact?.literals ?? [])])].sort(),
    },
    ...(maxLineSize === undefined ? {} : { maxLineBytes: parseSize(maxLineSize) }),
    ...(maxDay === undefined ? {} : { maxBytesPerDay: maxDay }),
  };
}
