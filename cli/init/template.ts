/** The files of a new fleet: the template's, with the names and keys of this one. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { TowlineError } from '../../core/errors.ts';
import { packageFolder } from '../command/installation.ts';
import type { SigningKey } from './signing-key.ts';

export interface FleetAnswers {
  readonly name: string;
  /** The first principal and operator. */
  readonly person: string;
  readonly signingKey: SigningKey;
  /** One line; of an SSH signing key the same one unless said otherwise. */
  readonly operatorKey: string | undefined;
  readonly gateway: string;
  readonly gatewayPins: readonly string[];
  readonly gatewayHostKeys: readonly string[];
  readonly registry: string | undefined;
}

/** Schemas of files that stand in a fleet repository: editors read them from there. */
const schemas = [
  'common',
  'fleet',
  'group',
  'device',
  'app',
  'release',
  'rollout',
  'operator',
  'policy',
  'images',
];

/**
 * @param root where the package lies
 * @throws TowlineError CLI_NO_TEMPLATE where the program lies alone, as on a device
 */
export async function readTemplate(root = packageFolder): Promise<Map<string, string>> {
  const templateFolder = path.join(root, 'fleet-repo-template');
  const schemaFolder = path.join(root, 'schemas');
  const files = new Map<string, string>();
  const entries = await readdir(templateFolder, { recursive: true, withFileTypes: true }).catch(cause => {
    throw new TowlineError('CLI_NO_TEMPLATE', `there is no ${templateFolder}`, { cause });
  });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files.set(path.relative(templateFolder, file).split(path.sep).join('/'), await readFile(file, 'utf8'));
  }
  for (const name of schemas) {
    const file = `${name}.schema.json`;
    files.set(`.towline/schemas/${file}`, await readFile(path.join(schemaFolder, file), 'utf8'));
  }
  return files;
}

/** Changes values of a YAML file and keeps its comments. */
function edited(
  text: string,
  changes: readonly (readonly [path: (string | number)[], value: unknown])[],
): string {
  const document = parseDocument(text);
  for (const [where, value] of changes) {
    if (value === undefined) document.deleteIn(where);
    else document.setIn(where, document.createNode(value));
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function policyChanges({
  name,
  person,
  signingKey,
}: FleetAnswers): (readonly [(string | number)[], unknown])[] {
  const keys =
    signingKey.kind === 'ssh' ? { ssh: [signingKey.publicKey] } : { openpgp: [`trust/keys/${person}.asc`] };
  return [
    [['fleet'], name],
    [['principals'], { [person]: keys }],
    [['roles', 'root', 'principals', 0], person],
    [['roles', 'operate', 'principals', 0], person],
  ];
}

/** @returns path → content of every file of the new repository */
export async function fleetFiles(answers: FleetAnswers): Promise<Map<string, string>> {
  const files = await readTemplate();
  for (const [file, text] of files) {
    if (file.startsWith('.towline/')) continue;
    const named = text.replaceAll('example-fleet', answers.name);
    files.set(
      file,
      answers.registry === undefined ? named : named.replaceAll('registry.example.com', answers.registry),
    );
  }
  const edit = (file: string, changes: Parameters<typeof edited>[1]) =>
    files.set(file, edited(files.get(file) ?? '', changes));
  edit('fleet.yaml', [
    [['gateways', 0, 'address'], answers.gateway],
    ...(answers.gatewayPins.length === 0 ? [] : [[['gateways', 0, 'tlsPins'], answers.gatewayPins] as const]),
    ...(answers.gatewayHostKeys.length === 0
      ? []
      : [[['gateways', 0, 'sshHostKeys'], answers.gatewayHostKeys] as const]),
  ] as Parameters<typeof edited>[1]);
  edit('trust/policy.yaml', policyChanges(answers));
  if (answers.signingKey.kind === 'openpgp') {
    files.set(`trust/keys/${answers.person}.asc`, answers.signingKey.publicKey);
  }
  const operator = files.get('operators/alice.yaml') ?? '';
  files.delete('operators/alice.yaml');
  if (answers.operatorKey !== undefined) {
    files.set(`operators/${answers.person}.yaml`, edited(operator, [[['sshKeys'], [answers.operatorKey]]]));
  }
  return new Map([...files].sort(([left], [right]) => (left < right ? -1 : 1)));
}
