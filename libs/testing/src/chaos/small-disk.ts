import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Room for a campaign's data and WAL. */
const MEGABYTES = 1_500;
const PIECE = Buffer.alloc(1024 * 1024, 'full');

/** A disk of its own for the database, which can be filled up; where the machine does not allow it, says why. */
export class SmallDisk {
  readonly folder: string;
  /** Why it can not be filled; absent when it can. */
  readonly unable: string | undefined;

  private constructor(folder: string, unable: string | undefined) {
    this.folder = folder;
    this.unable = unable;
  }

  /** Needs Linux and the right to mount. */
  static mount(): SmallDisk {
    const folder = mkdtempSync(join(tmpdir(), 'voucherline-disk-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m,mode=0755`, 'tmpfs', folder], {
      encoding: 'utf8',
    });
    if (mounted.status === 0) return new SmallDisk(folder, undefined);
    return new SmallDisk(folder, `no tmpfs can be mounted: ${(mounted.error?.message ?? mounted.stderr).trim()}`);
  }

  /** Takes all the room there is. Gives false where that is not possible. */
  async fill(): Promise<boolean> {
    if (this.unable !== undefined) return false;
    mkdirSync(join(this.folder, 'ballast'), { recursive: true });
    const file = await open(this.#ballast, 'a');
    try {
      for (;;) await file.write(PIECE);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
    return statfsSync(this.folder).bavail === 0;
  }

  async free(): Promise<void> {
    rmSync(this.#ballast, { force: true });
  }

  /** Keeps what is on it, for looking at it. */
  copyTo(folder: string): void {
    cpSync(this.folder, join(folder, 'disk'), { recursive: true });
  }

  unmount(): void {
    if (this.unable === undefined) spawnSync('umount', ['-l', this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #ballast(): string {
    return join(this.folder, 'ballast', 'full');
  }
}
