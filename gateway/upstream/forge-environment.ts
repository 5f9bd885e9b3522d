/** Environment of git towards a forge: nothing of the machine's configuration, no questions, one transport. */
import { gitEnvironment } from '../git/git-settings.ts';
import type { UpstreamSettings } from './upstream-settings.ts';

/** Answers git's question for a password out of a file: the token is in no argument and in no variable. */
const tokenHelper =
  '!f() { test "$1" = get || exit 0; printf "username=%s\\npassword=%s\\n" "$TOWLINE_TOKEN_USER" "$(head -c 4096 "$TOWLINE_TOKEN_FILE" | tr -d "\\r\\n")"; }; f';

const proxyVariables = ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'] as const;

export function forgeEnvironment(settings: UpstreamSettings): Record<string, string> {
  const { transport, tokenFile, caFile, user } = settings;
  const configuration: [string, string][] = [
    ['safe.directory', '*'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['core.fsync', 'committed,loose-object'],
    ['transfer.fsckObjects', 'true'],
    ['transfer.bundleURI', 'false'],
    ['fetch.unpackLimit', '1'],
    ['submodule.recurse', 'false'],
    // A redirect would carry the token to wherever the forge, or who is in its place, points.
    ['http.followRedirects', 'false'],
    ['http.lowSpeedLimit', '100'],
    ['http.lowSpeedTime', '30'],
    ['credential.helper', ''],
  ];
  if (tokenFile !== undefined) configuration.push(['credential.helper', tokenHelper]);
  return {
    ...gitEnvironment(),
    ...proxies(),
    GIT_ALLOW_PROTOCOL: transport,
    GIT_ASKPASS: '/bin/false',
    SSH_ASKPASS: '/bin/false',
    ...(transport === 'ssh' ? { GIT_SSH_COMMAND: sshCommand(settings), GIT_SSH_VARIANT: 'ssh' } : {}),
    ...(caFile === undefined ? {} : { GIT_SSL_CAINFO: caFile }),
    ...(tokenFile === undefined
      ? {}
      : { TOWLINE_TOKEN_FILE: tokenFile, TOWLINE_TOKEN_USER: user ?? 'x-access-token' }),
    GIT_CONFIG_COUNT: String(configuration.length),
    ...Object.fromEntries(
      configuration.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

/** A host key that is not in the file ends it: none is taken on first sight. */
function sshCommand({ sshKeyFile = '', knownHostsFile = '' }: UpstreamSettings): string {
  const options = {
    BatchMode: 'yes',
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: knownHostsFile,
    GlobalKnownHostsFile: '/dev/null',
    UpdateHostKeys: 'no',
    ClearAllForwardings: 'yes',
    PermitLocalCommand: 'no',
    ConnectTimeout: '20',
    ServerAliveInterval: '10',
    ServerAliveCountMax: '3',
    LogLevel: 'ERROR',
  };
  return [
    'ssh',
    '-F',
    'none',
    '-i',
    sshKeyFile,
    ...Object.entries(options).map(([k, v]) => `-o ${k}=${v}`),
  ].join(' ');
}

function proxies(): Record<string, string> {
  return Object.fromEntries(
    proxyVariables.flatMap(name => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
