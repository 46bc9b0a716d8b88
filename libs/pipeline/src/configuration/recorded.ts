import type { AnyMessage, ConnectionContent, FlowPublished } from '@voucherline/contracts';
import type { Configuration, Published } from './configuration.js';

/** Configuration as a fold over the messages of `configuration.published`. */
export class RecordedConfiguration implements Configuration {
  #position = -1;
  readonly #flows = new Map<string, Published<FlowPublished['content']>[]>();
  readonly #connections = new Map<string, Published<ConnectionContent>>();

  get position(): number {
    return this.#position;
  }

  flowVersions(name: string): readonly Published<FlowPublished['content']>[] {
    return this.#flows.get(name) ?? [];
  }

  flowNames(): readonly string[] {
    return [...this.#flows.keys()];
  }

  connection(name: string): Published<ConnectionContent> | undefined {
    return this.#connections.get(name);
  }

  connections(): readonly Published<ConnectionContent>[] {
    return [...this.#connections.values()];
  }

  /** Takes the next message; `undefined` for a record that could not be read, which only moves the position. */
  add(message: AnyMessage | undefined, offset: number, publishedAt: number): void {
    this.#position = offset;
    if (message?.type === 'FlowPublished') {
      const { name, hash, content } = message.data;
      const versions = this.#flows.get(name) ?? [];
      this.#flows.set(name, [...versions, { name, hash, offset, publishedAt, content }]);
    } else if (message?.type === 'ConnectionPublished') {
      const { name, hash, content } = message.data;
      this.#connections.set(name, { name, hash, offset, publishedAt, content });
    }
  }
}
