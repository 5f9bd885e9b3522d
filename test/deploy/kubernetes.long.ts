/** deploy/kubernetes as real kubectl renders it, against the schemas of the Kubernetes API. No cluster is asked. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parseAllDocuments } from 'yaml';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { kubectl } from '../../lab/machine/kubectl.ts';
import { kubernetesSwagger } from '../../lab/machine/kubernetes-schemas.ts';

const folder = path.resolve(import.meta.dirname, '../../deploy/kubernetes');

interface Definition {
  additionalProperties?: unknown;
  properties?: Record<string, unknown>;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

function rendered(): Resource[] {
  const text = execFileSync(kubectl(), ['kustomize', folder], { encoding: 'utf8' });
  return parseAllDocuments(text).map(document => document.toJS() as Resource);
}

/** A schema for each kind, in which what is unknown is wrong. */
function schemas() {
  const { definitions } = kubernetesSwagger() as { readonly definitions: Record<string, Definition> };
  for (const definition of Object.values(definitions))
    if (definition.properties !== undefined) definition.additionalProperties = false;
  definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString'] = {};
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ $id: 'kubernetes', definitions });
  return ({ apiVersion, kind }: Resource) => {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const found = Object.entries(definitions).find(([, { 'x-kubernetes-group-version-kind': kinds = [] }]) =>
      kinds.some(each => each.group === group && each.version === version && each.kind === kind),
    );
    assert.ok(found, `${apiVersion} ${kind}`);
    const validate = ajv.getSchema(`kubernetes#/definitions/${found[0]}`);
    assert.ok(validate);
    return validate;
  };
}

test('each resource is what the API of Kubernetes takes, in one namespace', () => {
  const resources = rendered();
  const kinds = resources.map(({ kind }) => kind).sort();
  assert.deepEqual(kinds, [
    ...['ConfigMap', 'Namespace', 'NetworkPolicy', 'Service', 'Service', 'ServiceAccount', 'StatefulSet'],
  ]);
  const schemaOf = schemas();
  for (const resource of resources) {
    const validate = schemaOf(resource);
    assert.ok(validate(resource), `${resource.kind}: ${JSON.stringify(validate.errors)}`);
    if (resource.kind !== 'Namespace') assert.equal(resource.metadata.namespace, 'towline');
  }
  const wrong = {
    ...resources.find(({ kind }) => kind === 'StatefulSet'),
    unknown: 1,
  } as unknown as Resource;
  assert.equal(schemaOf(wrong)(wrong), false, 'the schemas refuse what they do not know');
});

test('the pod runs as nobody, on a root that is read-only, with gateway.yaml that the gateway takes', () => {
  const resources = rendered();
  const find = (kind: string) => resources.find(each => each.kind === kind) as never;
  const { spec } = (find('StatefulSet') as { spec: { template: { spec: Record<string, never> } } }).spec
    .template;
  const { securityContext, containers, initContainers } = spec as unknown as {
    readonly securityContext: Record<string, unknown>;
    readonly containers: readonly Record<string, never>[];
    readonly initContainers: readonly Record<string, never>[];
  };
  assert.equal(securityContext.runAsNonRoot, true);
  for (const container of [...containers, ...initContainers]) {
    assert.deepEqual(container.securityContext, {
      ...{ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
    });
    assert.match(String(container.image), /^registry\.example\.com\/towline-gateway:/);
  }
  const { data } = find('ConfigMap') as { readonly data: Record<string, string> };
  const { problems } = readFleetFile('gateway', 'gateway.yaml', Buffer.from(data['gateway.yaml'] ?? ''));
  assert.deepEqual(problems, []);
});
