import { cliReference } from './cli-reference.ts';
import { composeReference } from './compose-reference.ts';
import { dashboardFiles } from './dashboards/files.ts';
import { errorsReference } from './errors-reference.ts';
import { generatedKnownKeys } from './known-keys.ts';
import { modelTypes } from './model-types.ts';
import { portalFiles } from './portal.ts';
import { schemaReference } from './schema-reference.ts';
import { readSchemas } from './schemas.ts';
import { generatedTypes } from './types.ts';
import { generatedValidators } from './validators.ts';

/** Everything that is generated and committed: its content by path. */
export async function outputs(): Promise<Readonly<Record<string, string>>> {
  const schemas = readSchemas();
  return {
    'schemas/types.generated.ts': await generatedTypes(schemas),
    ...(await generatedValidators(schemas)),
    ...(await portalFiles()),
    ...dashboardFiles(),
    'schemas/keys.generated.ts': generatedKnownKeys(schemas),
    'core/compose/value/model.generated.ts': modelTypes(),
    'docs/reference/cli.md': await cliReference(),
    'docs/reference/compose.md': composeReference(),
    'docs/reference/errors.md': errorsReference(),
    'docs/reference/files.md': schemaReference(schemas),
  };
}
