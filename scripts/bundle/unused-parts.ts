/**
 * Parts of dependencies that no program of ours reaches, left out of the bundles: BuildKit sessions of dockerode
 * (gRPC and protobuf, ten megabytes of memory on a device that never builds an image), engines that docker-modem
 * would reach over SSH (it loads ssh2 for them at once, we load it when a tunnel opens), and ssh2's probe for processor
 * features, which only sorts ciphers that we list ourselves.
 */
import type { Plugin } from 'esbuild';

const absent = /^(@grpc\/grpc-js|@grpc\/proto-loader|cpu-features)$/;
const buildKit = /^\.\/(session|buildkit)$/;

export const unusedParts: Plugin = {
  name: 'unused-parts',
  setup(build) {
    build.onResolve({ filter: absent }, ({ path }) => ({ path, namespace: 'unused' }));
    build.onResolve({ filter: /^protobufjs/ }, ({ path, importer }) =>
      importer.includes('/dockerode/') ? { path, namespace: 'unused' } : undefined,
    );
    build.onResolve({ filter: buildKit }, ({ path, importer }) =>
      importer.includes('/dockerode/') ? { path, namespace: 'unused' } : undefined,
    );
    build.onResolve({ filter: /^\.\/ssh$/ }, ({ path, importer }) =>
      importer.includes('/docker-modem/') ? { path, namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /^\./, namespace: 'unused' }, ({ path }) => ({
      contents: `module.exports = () => { throw new Error('${path} is not part of this bundle'); };`,
      loader: 'js',
    }));
    build.onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({
      contents: `throw new Error('${path} is not part of this bundle');`,
      loader: 'js',
    }));
  },
};
