import { version } from '../../core/version.ts';
import type { Me } from '../api/types.generated.ts';
import type { Home } from '../home/home.ts';
import type { Viewer } from '../home/viewer.ts';

/** Who looks; the server adds what guards their session. */
export function meOf(home: Home, viewer: Viewer): Me {
  const { current } = home.fleet;
  const { support } = current?.fleet.file.value ?? {};
  return {
    ...{ name: viewer.name, by: viewer.by, kind: home.kind, version },
    ...(current === undefined ? {} : { fleet: current.fleet.name, commit: current.commit }),
    ...{ readsRepository: viewer.readsRepository(), readsAll: viewer.readsAll(), pushes: viewer.pushes() },
    ways: [...(home.changes?.ways(viewer) ?? [])],
    ...(support === undefined ? {} : { support: { ...support } }),
  };
}
