/** What the people's port knows of git, as stock git sends it. */
export interface GitCommand {
  readonly service: 'upload-pack' | 'receive-pack';
  readonly repository: 'fleet' | 'telemetry';
}

const commands: Readonly<Record<string, GitCommand>> = {
  'upload-pack fleet': { service: 'upload-pack', repository: 'fleet' },
  'receive-pack fleet': { service: 'receive-pack', repository: 'fleet' },
  'receive-pack telemetry': { service: 'receive-pack', repository: 'telemetry' },
  'upload-pack telemetry': { service: 'upload-pack', repository: 'telemetry' },
};

/**
 * `git-upload-pack 'fleet.git'`, with or without a leading slash; nothing is ever given to a shell.
 * @returns undefined for anything else
 */
export function parsePeopleCommand(command: string): GitCommand | undefined {
  const match = /^git[- ](upload-pack|receive-pack) '\/?(fleet|telemetry)\.git'$/.exec(command);
  return match === null ? undefined : commands[`${match[1]} ${match[2]}`];
}

/** The one environment variable that is let in, in the only form that git gives it. */
export function acceptedEnvironment(
  name: string,
  value: string,
): Readonly<Record<string, string>> | undefined {
  return name === 'GIT_PROTOCOL' && /^version=[012]$/.test(value) ? { GIT_PROTOCOL: value } : undefined;
}
