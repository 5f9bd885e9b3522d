import type { Engine } from '../../agent/runtime/engine/engine.ts';

/** Its containers are in one cgroup. */
export function grouped(engine: Engine, cgroup: string): Engine {
  return {
    call(request, signal) {
      const { body } = request;
      if (request.path !== '/containers/create' || typeof body !== 'object' || body === null)
        return engine.call(request, signal);
      const host = 'HostConfig' in body && typeof body.HostConfig === 'object' ? body.HostConfig : {};
      const HostConfig = { ...host, CgroupParent: `/${cgroup}` };
      return engine.call({ ...request, body: { ...body, HostConfig } }, signal);
    },
    stream: (request, signal) => engine.stream(request, signal),
  };
}
