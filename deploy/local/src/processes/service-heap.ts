/**
 * Options of Node for every process of a service; deploy/images/Dockerfile sets the same, and a test holds them equal.
 *
 * Without them V8 sizes its heap by the machine. With 24 GB it took up to 460 MiB for the 30 to 37 MiB that a service had alive
 * after a collection, however many documents it had done: a young generation of 110 MiB, an old one left to garbage, and all
 * pages of the highest peak, which it keeps. So a service grew for hours without having more to remember.
 *
 * - `--max-semi-space-size`, MiB: a third of the young generation. With 8, a process was 20 MiB smaller and spent a tenth more CPU
 *   time on collections; 32 took 30 MiB more and saved no more that could be measured.
 * - `--max-old-space-size`, MiB: below 2 GiB V8 lets the old generation grow to less than twice what is alive in it before it
 *   collects. It is also where a process ends rather than take the machine's memory: thirty times what is alive.
 */
export const SERVICE_HEAP = ['--max-semi-space-size=16', '--max-old-space-size=1024'] as const;
