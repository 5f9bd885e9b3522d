/** The endpoint for pulls through the gateway, loaded when the first image comes that way. */
import type { ImageEndpoint, ImageEndpointOptions, ImageSource } from './image-endpoint.ts';

export function imagesWhenNeeded(options: ImageEndpointOptions): ImageSource {
  let endpoint: Promise<ImageEndpoint> | undefined;
  return {
    async open(wanted) {
      endpoint ??= import('./image-endpoint.ts').then(room => new room.ImageEndpoint(options));
      return await (await endpoint).open(wanted);
    },
  };
}
