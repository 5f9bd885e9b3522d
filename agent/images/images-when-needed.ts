/** The endpoint for pulls through the gateway, loaded when the first image comes that way. */
import type { ImageEndpoint, ImageEndpointOptions, ImageSource } from './image-endpoint.ts';

/** @param brings what was carried to this device */
export function imagesWhenNeeded(
  options: ImageEndpointOptions,
  brings: NonNullable<ImageSource['brings']> = () => false,
): ImageSource {
  let endpoint: Promise<ImageEndpoint> | undefined;
  return {
    brings,
    async open(wanted) {
      endpoint ??= import('./image-endpoint.ts').then(room => new room.ImageEndpoint(options));
      return await (await endpoint).open(wanted);
    },
  };
}
