import { existsSync } from 'node:fs';
import { type Flow, FlowCompiler, UnreadableFlow } from '@voucherline/mapping';
import { CommandError } from '../../command.js';
import { readFlows } from '../../configuration-files.js';
import type { FlowVersionPublished, Published } from '../../published.js';

/** A version to compare, with what it is called in the output. */
export interface Version {
  readonly flow: Flow;
  readonly label: string;
}

/** A word for the version that was published last. */
const PUBLISHED = 'published';

/**
 * Finds what two words of a command line name: a flow's folder or file, `published`, or the beginning of a published version's hash.
 * @throws {CommandError} when a word names none, or several
 */
export function versionsOf(words: readonly [string, string], published: Published): readonly [Version, Version] {
  const [a, b] = words;
  if (a === PUBLISHED && b === PUBLISHED) throw new CommandError('flow diff: name another version than published');
  if (a === PUBLISHED) {
    const second = namedVersion(b, published);
    return [newest(second.flow.name, published), second];
  }
  const first = namedVersion(a, published);
  return [first, b === PUBLISHED ? newest(first.flow.name, published) : namedVersion(b, published)];
}

/** The newest published version of a flow. */
function newest(name: string, { flows }: Published): Version {
  const version = flows.get(name)?.at(-1);
  if (version === undefined) throw new CommandError(`flow diff: flow ${name} is not published`);
  return compiled(version);
}

function namedVersion(word: string, published: Published): Version {
  return existsSync(word) ? versionInFiles(word) : versionByHash(word, published);
}

function versionInFiles(place: string): Version {
  const [only, ...others] = readFlows([place], 'nothing was compared');
  if (only === undefined || others.length > 0) {
    throw new CommandError(
      `flow diff: ${place} holds ${others.length === 0 ? 'no flow' : 'several flows'}; name the folder of one`,
    );
  }
  const { flow, hash } = only.value;
  return { flow, label: `${place} (${hash.slice(0, 12)})` };
}

function versionByHash(word: string, { flows }: Published): Version {
  const all = /^[0-9a-f]{4,64}$/.test(word) ? [...flows.values()].flat() : [];
  const found = new Map(all.filter(({ hash }) => hash.startsWith(word)).map((version) => [version.hash, version]));
  const [only, ...others] = found.values();
  if (only === undefined) {
    throw new CommandError(
      `flow diff: "${word}" is no file or folder, not "published", and begins no published version’s hash`,
    );
  }
  if (others.length > 0)
    throw new CommandError(`flow diff: ${found.size} versions begin with ${word}; give more of the hash`);
  return compiled(only);
}

/** @throws {CommandError} when this release can't read it */
export function compiled({ name, hash, content, publishedAt }: FlowVersionPublished): Version {
  try {
    const flow = new FlowCompiler().compile(hash, content);
    return { flow, label: `${name} ${hash.slice(0, 12)}, published ${publishedAt}` };
  } catch (error) {
    if (!(error instanceof UnreadableFlow)) throw error;
    throw new CommandError(
      `version ${hash.slice(0, 12)} of flow ${name} can't be read by this release: ${error.message}`,
    );
  }
}
