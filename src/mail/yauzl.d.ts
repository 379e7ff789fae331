/** The part of yauzl 3 that is used here; the package brings no types. */
declare module 'yauzl' {
  import type { Readable } from 'node:stream';

  export interface Entry {
    readonly fileName: string;
    readonly compressedSize: number;
    readonly uncompressedSize: number;
    getLastModDate(): Date;
    isEncrypted(): boolean;
  }

  export interface ZipFile {
    readonly entryCount: number;
    eachEntry(): AsyncIterableIterator<Entry>;
    openReadStreamPromise(entry: Entry): Promise<Readable>;
    close(): void;
  }

  export interface OpenOptions {
    readonly autoClose?: boolean;
    readonly strictFileNames?: boolean;
  }

  export function openPromise(path: string, options?: OpenOptions): Promise<ZipFile>;
  export function fromBufferPromise(buffer: Buffer, options?: OpenOptions): Promise<ZipFile>;
}
