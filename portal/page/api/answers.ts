/** What the API answers: until portal/api/types.generated.ts is there. */
export type Name = string;
export type Version = string;
export type ErrorAnswer = {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly remedy?: string;
    readonly position?: { readonly file: string; readonly line?: number; readonly column?: number };
  };
};
export type Way = {
  readonly way: 'local' | 'passkey' | 'patch' | 'request' | 'forge';
  readonly open: boolean;
  readonly why?: string;
};
export type Support = Readonly<Record<string, unknown>>;
export type Me = {
  readonly name: string;
  readonly by: 'desk' | 'passkey' | 'ssh' | 'oidc';
  readonly kind: 'desk' | 'gateway';
  readonly fleet?: string;
  readonly commit?: string;
  readonly readsRepository: boolean;
  readonly readsAll: boolean;
  readonly pushes: 'all' | 'requests' | 'none';
  readonly ways: readonly Way[];
  readonly version: string;
  readonly csrf?: string;
  readonly support?: Support;
};
export type NeedKind =
  | 'stopped'
  | 'fork'
  | 'failed'
  | 'dark'
  | 'stale'
  | 'degraded'
  | 'doubtful'
  | 'paused-rollout'
  | 'waiting-enrolment'
  | 'open-tunnel'
  | 'old-pin'
  | 'never-seen';
export type NeedItem = {
  readonly device?: string;
  readonly rollout?: string;
  readonly app?: string;
  readonly why: string;
  readonly command: string;
  readonly since?: string;
};
export type Need = { readonly kind: NeedKind; readonly count: number; readonly items: readonly NeedItem[] };
export type StageCount = {
  readonly name: string;
  readonly open: boolean;
  readonly promote: 'auto' | 'manual';
  readonly hold?: string;
  readonly devices: number;
  readonly states: Readonly<Record<string, number>>;
};
export type RolloutRow = {
  readonly key: string;
  readonly app: string;
  readonly name: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly stage: number;
  readonly stages: readonly StageCount[];
  readonly state: 'running' | 'paused' | 'aborted' | 'complete' | 'over';
  readonly next: string;
  readonly nextKind: string;
  readonly reason?: string;
  readonly devices: number;
  readonly done: number;
  readonly failed: number;
  readonly dark: number;
};
export type Stopped = {
  readonly code: string;
  readonly message: string;
  readonly commit?: string;
  readonly path?: string;
};
export type Overview = {
  readonly fleet: string;
  readonly commit: string;
  readonly time: string;
  readonly sentence: { readonly devices: number; readonly needs: number };
  readonly needs: readonly Need[];
  readonly rollouts: readonly RolloutRow[];
  readonly counts: Readonly<Record<string, number>>;
  readonly reading: boolean;
  readonly version: number;
  readonly stopped?: Stopped;
  readonly support?: Support;
};
export type Row = {
  readonly id: string;
  readonly s: string;
  readonly r?: number;
  readonly b?: number;
  readonly w?: string;
  readonly n?: string;
  readonly t?: string;
  readonly y?: string;
  readonly k?: readonly NeedKind[];
  readonly x?: boolean;
};
export type Rows = {
  readonly total: number;
  readonly offset: number;
  readonly version: number;
  readonly reading: boolean;
  readonly rows: readonly Row[];
};
export type Trouble = {
  readonly words: string;
  readonly code?: string;
  readonly app?: string;
  readonly command: string;
};
export type Pin = { readonly until?: string; readonly reason?: string };
export type ServiceImage = { readonly service: string; readonly image: string; readonly digest: string };
export type DeviceApp = {
  readonly app: string;
  readonly wanted?: string;
  readonly next?: string;
  readonly pin?: Pin;
  readonly rollout?: string;
  readonly paused: boolean;
  readonly conflict?: string;
  readonly running?: string;
  readonly state?: string;
  readonly message?: string;
  readonly since?: string;
  readonly comes?: string;
  readonly services: readonly ServiceImage[];
};
export type Condition = {
  readonly type: string;
  readonly status: boolean;
  readonly reason: string;
  readonly message: string;
  readonly since?: string;
};
export type DeviceTunnel = {
  readonly wanted: 'open' | 'closed';
  readonly until?: string;
  readonly reason?: string;
  readonly allow?: readonly string[];
  readonly state?: string;
  readonly up?: boolean;
};
export type Device = {
  readonly id: string;
  readonly path: string;
  readonly commit: string;
  readonly groups: readonly { readonly name: string; readonly path: string }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly standing: string;
  readonly revoked: boolean;
  readonly retired?: string;
  readonly why: readonly Trouble[];
  readonly needs: readonly NeedItem[];
  readonly apps: readonly DeviceApp[];
  readonly tunnel: DeviceTunnel;
  readonly paused: boolean;
  readonly reads: boolean;
  readonly report?: {
    readonly commit: string;
    readonly time: string;
    readonly trusted: string;
    readonly behind?: number;
    readonly ahead?: number;
    readonly behindSince?: string;
    readonly lineTime?: string;
    readonly outcome: string;
    readonly pass?: string;
    readonly agent: string;
    readonly engine?: string;
    readonly started?: string;
    readonly walk?: number;
    readonly host?: Readonly<Record<string, unknown>>;
    readonly conditions: readonly Condition[];
    readonly stopped?: Stopped;
    readonly health?: Readonly<Record<string, number>>;
  };
  readonly doubt?: string;
  readonly keys?: { readonly ssh?: string; readonly tls?: string };
  readonly can: { readonly terminal: boolean; readonly logs: boolean; readonly bundle: boolean };
};
export type PlanAnswer = {
  readonly device: string;
  readonly commit: string;
  readonly lines: readonly string[];
  readonly plan: Readonly<Record<string, unknown>>;
  readonly from?: string;
};
export type EffectiveValue = {
  readonly pointer: string;
  readonly value: unknown;
  readonly from: string;
  readonly line?: number;
};
export type Values = {
  readonly device: string;
  readonly commit: string;
  readonly values: readonly EffectiveValue[];
  readonly problems: readonly {
    readonly code: string;
    readonly message: string;
    readonly file?: string;
    readonly line?: number;
  }[];
};
export type ValueChange = { readonly at: string; readonly words: string };
export type CommitWord = {
  readonly commit: string;
  readonly time: string;
  readonly subject: string;
  readonly vouched: string;
};
export type TimelineEntry = {
  readonly kind: 'status' | 'commit';
  readonly time: string;
  readonly commit: string;
  readonly outcome?: string;
  readonly trusted?: string;
  readonly words?: string;
  readonly subject?: string;
  readonly vouched?: string;
  readonly changes?: readonly ValueChange[];
};
export type Timeline = {
  readonly device: string;
  readonly entries: readonly TimelineEntry[];
  readonly before?: string;
  readonly cut?: string;
};
export type LogLine = {
  readonly id: string;
  readonly time: string;
  readonly app: string;
  readonly service: string;
  readonly container: string;
  readonly stream?: string;
  readonly level?: string;
  readonly text: string;
  readonly gap?: boolean;
};
export type Logs = {
  readonly device: string;
  readonly lines: readonly LogLine[];
  readonly before?: string;
  readonly services: readonly { readonly app: string; readonly service: string }[];
  readonly doubtful: readonly string[];
  readonly tip?: string;
  readonly leftOut?: number;
};
export type SeriesWord = {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly unit?: string;
};
export type Metrics = {
  readonly device: string;
  readonly names: readonly string[];
  readonly series: readonly SeriesWord[];
  readonly columns: readonly (readonly (number | null)[])[];
  readonly doubtful: readonly string[];
};
export type ReleaseWord = {
  readonly version: string;
  readonly made?: CommitWord;
  readonly notes?: string;
  readonly withdrawn?: string;
  readonly breaking?: string;
  readonly migration?: string;
  readonly wanted: number;
  readonly running: number;
  readonly failed: number;
};
export type AppRow = {
  readonly app: string;
  readonly releases: number;
  readonly newest?: string;
  readonly devices: number;
  readonly versions: Readonly<Record<string, number>>;
  readonly rollouts: readonly string[];
  readonly troubled: number;
};
export type Apps = { readonly commit: string; readonly apps: readonly AppRow[] };
export type App = {
  readonly app: string;
  readonly commit: string;
  readonly releases: readonly ReleaseWord[];
  readonly rollouts: readonly RolloutRow[];
  readonly assignedBy: readonly { readonly path: string; readonly release?: string }[];
};
export type ReleaseImage = {
  readonly service: string;
  readonly image: string;
  readonly digest: string;
  readonly platforms: readonly string[];
  readonly signed?: string;
  readonly wants?: string;
};
export type Release = {
  readonly app: string;
  readonly version: string;
  readonly commit: string;
  readonly made?: CommitWord;
  readonly notes?: string;
  readonly withdrawn?: string;
  readonly breaking?: string;
  readonly migration?: string;
  readonly requires?: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly composeHash?: string;
  readonly files: readonly string[];
  readonly images: readonly ReleaseImage[];
  readonly wanted: readonly string[];
  readonly wantedCount: number;
  readonly pins: readonly string[];
  readonly assignedBy: readonly string[];
  readonly runs: Readonly<Record<string, readonly string[]>>;
  readonly runsCount: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
};
export type ReleaseDiff = {
  readonly app: string;
  readonly from: string;
  readonly to: string;
  readonly parts: readonly { readonly title: string; readonly changes: readonly ValueChange[] }[];
  readonly files: readonly { readonly path: string; readonly change: 'added' | 'removed' | 'changed' }[];
  readonly unread: readonly string[];
};
export type RolloutDevice = {
  readonly device: string;
  readonly stage: number;
  readonly state: string;
  readonly why: string;
  readonly since?: string;
};
export type RolloutAction = {
  readonly intent: 'promote-rollout' | 'pause-rollout' | 'resume-rollout' | 'abort-rollout';
  readonly open: boolean;
  readonly why?: string;
  readonly command: string;
};
export type Rollout = {
  readonly key: string;
  readonly path: string;
  readonly row: RolloutRow;
  readonly since?: string;
  readonly gate: readonly string[];
  readonly devices: readonly RolloutDevice[];
  readonly devicesTotal: number;
  readonly outage?: string;
  readonly actions: readonly RolloutAction[];
};
export type Rollouts = { readonly commit: string; readonly rollouts: readonly RolloutRow[] };
export type Requirement = {
  readonly what: string;
  readonly met: 'yes' | 'no' | 'unknown';
  readonly why?: string;
};
export type UpgradeOption = {
  readonly version: string;
  readonly notes?: string;
  readonly breaking?: string;
  readonly migration?: string;
  readonly requirements: readonly Requirement[];
  readonly bundle: boolean;
  readonly request: string;
};
export type Upgrade = {
  readonly device: string;
  readonly app: string;
  readonly running?: string;
  readonly wanted?: string;
  readonly state?: string;
  readonly options: readonly UpgradeOption[];
};
export type Upgrades = {
  readonly commit: string;
  readonly total: number;
  readonly offset: number;
  readonly upgrades: readonly Upgrade[];
  readonly support?: Support;
};
export type AuditLine = {
  readonly seq: number;
  readonly time: string;
  readonly type: string;
  readonly what: string;
  readonly state?: string;
  readonly device?: string;
  readonly person?: string;
  readonly from?: string;
  readonly details: string;
};
export type Audit = {
  readonly entries: readonly AuditLine[];
  readonly before?: number;
  readonly verified: 'chain' | 'none';
  readonly command: string;
};
export type Enrolment = {
  readonly device: string;
  readonly statements: readonly {
    readonly time: string;
    readonly ssh: string;
    readonly tls: string;
    readonly fingerprint: string;
  }[];
  readonly command: string;
};
export type Enrolments = { readonly enrolments: readonly Enrolment[] };
export type Person = {
  readonly name: string;
  readonly path: string;
  readonly description?: string;
  readonly git: { readonly fleet: string; readonly telemetry: string };
  readonly reads: readonly string[];
  readonly tunnels: readonly string[];
  readonly bundles: readonly string[];
  readonly keys: readonly string[];
  readonly signs: readonly string[];
  readonly oidc: readonly string[];
};
export type People = { readonly commit: string; readonly people: readonly Person[] };
export type Hit = {
  readonly kind: 'device' | 'app' | 'release' | 'rollout' | 'person' | 'commit' | 'screen';
  readonly name: string;
  readonly path: string;
  readonly more?: string;
};
export type Hits = { readonly hits: readonly Hit[] };
export type Session = {
  readonly device: string;
  readonly id: string;
  readonly person?: string;
  readonly what?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly live: boolean;
  readonly bytes?: number;
  readonly watch: { readonly open: boolean; readonly why?: string };
  readonly replay: { readonly open: boolean; readonly why?: string; readonly command: string };
};
export type Sessions = { readonly sessions: readonly Session[] };
export type PauseDevice = {
  readonly intent: 'pause-device';
  readonly devices: readonly Name[];
  readonly app?: Name;
  readonly reason?: string;
};
export type ResumeDevice = {
  readonly intent: 'resume-device';
  readonly devices: readonly Name[];
  readonly app?: Name;
};
export type OpenTunnel = {
  readonly intent: 'open-tunnel';
  readonly device: Name;
  readonly for?: string;
  readonly reason?: string;
  readonly allow?: readonly Name[];
};
export type CloseTunnel = { readonly intent: 'close-tunnel'; readonly device: Name };
export type PromoteRollout = {
  readonly intent: 'promote-rollout';
  readonly rollout: string;
  readonly now?: boolean;
};
export type PauseRollout = {
  readonly intent: 'pause-rollout';
  readonly rollout: string;
  readonly reason?: string;
};
export type ResumeRollout = { readonly intent: 'resume-rollout'; readonly rollout: string };
export type AbortRollout = {
  readonly intent: 'abort-rollout';
  readonly rollout: string;
  readonly reason?: string;
};
export type AssignRelease = {
  readonly intent: 'assign-release';
  readonly app: Name;
  readonly release: Version;
  readonly device?: Name;
  readonly group?: Name;
};
export type PinRelease = {
  readonly intent: 'pin';
  readonly device: Name;
  readonly app: Name;
  readonly release: Version;
  readonly until?: string;
  readonly reason?: string;
};
export type UnpinRelease = { readonly intent: 'unpin'; readonly device: Name; readonly app: Name };
export type Intent =
  | PauseDevice
  | ResumeDevice
  | OpenTunnel
  | CloseTunnel
  | PromoteRollout
  | PauseRollout
  | ResumeRollout
  | AbortRollout
  | AssignRelease
  | PinRelease
  | UnpinRelease;
export type FileDiff = { readonly path: string; readonly diff: string };
export type DevicePlanText = {
  readonly device: string;
  readonly lines: readonly string[];
  readonly plan: Readonly<Record<string, unknown>>;
};
export type Progress = {
  readonly step: 'pushed' | 'trusted' | 'seen' | 'applied' | 'healthy' | 'failed';
  readonly time?: string;
  readonly devices?: {
    readonly seen: number;
    readonly applied: number;
    readonly healthy: number;
    readonly failed: number;
    readonly of: number;
  };
  readonly words?: string;
};
export type Proposal = {
  readonly id: string;
  readonly state: 'shown' | 'signed' | 'pushed' | 'trusted' | 'done' | 'moved' | 'refused';
  readonly intent: Intent;
  readonly base: string;
  readonly commit: string;
  readonly fingerprint: string;
  readonly message: string;
  readonly files: readonly FileDiff[];
  readonly devices: { readonly count: number; readonly plans: readonly DevicePlanText[] };
  readonly needs: readonly string[];
  readonly ways: readonly Way[];
  readonly command: string;
  readonly signed?: string;
  readonly request?: string;
  readonly challenge?: Readonly<Record<string, unknown>>;
  readonly progress?: readonly Progress[];
  readonly refused?: { readonly code: string; readonly message: string; readonly remedy?: string };
  readonly successor?: string;
};
export type SignRequest = {
  readonly way: 'local' | 'passkey' | 'request' | 'forge';
  readonly assertion?: Assertion;
};
export type TerminalRequest = {
  readonly device: Name;
  readonly target?: string;
  readonly columns?: number;
  readonly rows?: number;
};
export type Ticket = { readonly ticket: string; readonly expires: string };
export type BundleRequest = { readonly device: Name };
export type Bundle = {
  readonly id: string;
  readonly device: string;
  readonly state: 'making' | 'ready' | 'failed';
  readonly bytes: number;
  readonly totalBytes?: number;
  readonly sha256?: string;
  readonly why?: string;
  readonly name: string;
};
export type LoginWays = {
  readonly ways: readonly {
    readonly way: 'token' | 'passkey' | 'ssh' | 'oidc';
    readonly open: boolean;
    readonly why?: string;
    readonly name?: string;
  }[];
};
export type TokenLogin = { readonly token: string };
export type TokenAnswer = { readonly session: string };
export type SshLoginBegin = { readonly person?: Name };
export type SshLoginChallenge = {
  readonly id: string;
  readonly text: string;
  readonly command: string;
  readonly expires: string;
};
export type SshLoginFinish = { readonly id: string; readonly signature: string };
export type PasskeyLoginBegin = { readonly person?: Name };
export type PasskeyLoginChallenge = {
  readonly id: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly expires: string;
};
export type Assertion = {
  readonly credentialId: string;
  readonly authenticatorData: string;
  readonly clientDataJson: string;
  readonly signature: string;
};
export type PasskeyLoginFinish = { readonly id: string; readonly assertion: Assertion };
export type PasskeyRegistration = {
  readonly publicKey: string;
  readonly credentialId: string;
  readonly for: 'login' | 'signing';
};
export type PasskeyLine = { readonly line: string; readonly file: string };
export type LoggedIn = { readonly name: string; readonly csrf: string };
