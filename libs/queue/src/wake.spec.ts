import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { Wakes } from './wake.js';

/** A connection that takes down what it is asked, and answers when it is asked to. */
class Subscriber extends EventEmitter {
  readonly asked: string[] = [];
  readonly #answers: (() => void)[] = [];

  subscribe(...channels: string[]): Promise<void> {
    this.asked.push(...channels.map((channel) => `+${channel}`));
    return new Promise((resolve) => this.#answers.push(resolve));
  }
  unsubscribe(channel: string): Promise<void> {
    this.asked.push(`-${channel}`);
    return Promise.resolve();
  }
  async answer(): Promise<void> {
    for (const resolve of this.#answers.splice(0)) resolve();
    await new Promise(setImmediate);
  }
}

describe('Wakes', () => {
  const setUp = () => {
    const subscriber = new Subscriber();
    const heard: string[] = [];
    const sleeper = (name: string) => (message?: string) => heard.push(`${name}:${message ?? 'look'}`);
    return { subscriber, heard, sleeper, wakes: new Wakes(subscriber as unknown as Redis) };
  };

  it('wake everyone of a channel, each first when the one subscription is up, then with every message', async () => {
    const { subscriber, heard, sleeper, wakes } = setUp();
    const both = [wakes.subscribe('a', sleeper('one')), wakes.subscribe('a', sleeper('two'))];
    await new Promise(setImmediate);
    expect(heard).toEqual([]);
    await subscriber.answer();
    await Promise.all(both);
    subscriber.emit('message', 'a', 'news');
    subscriber.emit('message', 'b', 'of others');
    expect(heard).toEqual(['one:look', 'two:look', 'one:news', 'two:news']);
    expect(subscriber.asked).toEqual(['+a']);
  });

  it('wake everyone after a reconnect, once the subscriptions are up again', async () => {
    const { subscriber, heard, sleeper, wakes } = setUp();
    const both = [wakes.subscribe('a', sleeper('one')), wakes.subscribe('b', sleeper('two'))];
    await subscriber.answer();
    await Promise.all(both);
    heard.length = 0;
    subscriber.emit('ready');
    expect(heard).toEqual([]);
    await subscriber.answer();
    expect(heard).toEqual(['one:look', 'two:look']);
  });

  it('end the subscription with the last who sleeps', async () => {
    const { subscriber, heard, sleeper, wakes } = setUp();
    const [one, two] = [sleeper('one'), sleeper('two')];
    const both = [wakes.subscribe('a', one), wakes.subscribe('a', two)];
    await subscriber.answer();
    await Promise.all(both);
    heard.length = 0;
    wakes.unsubscribe('a', one);
    subscriber.emit('message', 'a', 'news');
    expect(heard).toEqual(['two:news']);
    wakes.unsubscribe('a', two);
    wakes.unsubscribe('a', two);
    expect(subscriber.asked).toEqual(['+a', '-a']);
  });
});
