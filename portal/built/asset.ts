/** One file of the page as it is served. */
export interface Asset {
  /** Below `/assets/`, with the hash of its content: `main-5XK2QZ7A.js`. `index.html` has none. */
  readonly name: string;
  /** Of HTTP: `text/javascript; charset=utf-8`. */
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzip: Buffer;
  readonly brotli: Buffer;
}

/** The page, whole: some forty files, two megabytes with both packed forms. */
export interface Assets {
  /** The one document behind every address of the page. */
  readonly index: Asset;
  /** By name. All of them may be kept for good. */
  readonly files: ReadonlyMap<string, Asset>;
}
