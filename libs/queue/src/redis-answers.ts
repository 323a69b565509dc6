import type { ChainableCommander } from 'ioredis';

/**
 * Sends a pipeline or transaction and gives the answers in order.
 * @throws the first command's error: ioredis reports it in its place and resolves
 */
export async function answersOf(commands: ChainableCommander): Promise<unknown[]> {
  const results = (await commands.exec()) ?? [];
  return results.map(([error, answer]) => {
    if (error) throw error;
    return answer;
  });
}
