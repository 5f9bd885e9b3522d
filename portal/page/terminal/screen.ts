/** A screen of xterm in an element: what is written to it is drawn, what is typed in it is told. */
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { needStyle } from '../part/style-sheet.ts';
import type { ScreenSize } from './screen-size.ts';

export interface ScreenOptions {
  /** Undefined: as many as fit. */
  readonly size?: ScreenSize;
  /** Undefined: nothing can be typed. */
  readonly onTyped?: (text: string) => void;
  readonly onBinary?: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly onResize?: (size: ScreenSize) => void;
  /** The keys that lead out of it were pressed. */
  readonly onLeave?: () => void;
}

export class Screen {
  readonly #terminal: Terminal;
  readonly #watch: ResizeObserver | undefined;

  constructor(element: HTMLElement, { size, onTyped, onBinary, onResize, onLeave }: ScreenOptions) {
    needStyle('terminal');
    const terminal = new Terminal({
      cols: size?.columns ?? 80,
      rows: size?.rows ?? 24,
      disableStdin: onTyped === undefined,
      screenReaderMode: true,
      cursorBlink: false,
      scrollback: 5000,
      fontFamily: 'ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "Liberation Mono", monospace',
      fontSize: 13,
      theme: { background: '#0b1015', foreground: '#e6ecf1', cursor: '#6cc3de' },
    });
    this.#terminal = terminal;
    terminal.open(element);
    if (onTyped !== undefined) terminal.onData(onTyped);
    // What takes no keys must not keep them: the tab key leads past it.
    else if (terminal.textarea !== undefined) terminal.textarea.tabIndex = -1;
    if (onBinary !== undefined) {
      terminal.onBinary(text => onBinary(Uint8Array.from(text, letter => letter.charCodeAt(0))));
    }
    terminal.onResize(({ cols, rows }) => onResize?.({ columns: cols, rows }));
    terminal.attachCustomKeyEventHandler(event => {
      if (onTyped === undefined) return false;
      if (!(event.ctrlKey && event.altKey && event.key.toLowerCase() === 'q')) return true;
      if (event.type === 'keydown') onLeave?.();
      return false;
    });
    if (size === undefined) {
      const fit = new FitAddon();
      terminal.loadAddon(fit);
      fit.fit();
      this.#watch = new ResizeObserver(() => fit.fit());
      this.#watch.observe(element);
    }
  }

  get size(): ScreenSize {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** @param taken called when it has been drawn */
  write(data: string | Uint8Array, taken?: () => void): void {
    this.#terminal.write(data, taken);
  }

  resize({ columns, rows }: ScreenSize): void {
    this.#terminal.resize(columns, rows);
  }

  /** As if nothing had been written. */
  clear(): void {
    this.#terminal.reset();
  }

  focus(): void {
    this.#terminal.focus();
  }

  end(): void {
    this.#watch?.disconnect();
    this.#terminal.dispose();
  }
}
