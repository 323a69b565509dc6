import { describe, expect, it } from 'vitest';
import { jobQuery } from './job-query.js';

const query = (text: string) => jobQuery(new URLSearchParams(text));

describe('The filters of the list of jobs', () => {
  it('are what the address says, times in the words of the API', () => {
    const from = '2026-11-30T12:00';
    expect(query(`status=failed&priority=bulk&model=robot&key=abcdefgh&id=8WX&from=${from}`)).toEqual({
      status: 'failed',
      priority: 'bulk',
      model: 'robot',
      key: 'abcdefgh',
      id: '8WX',
      from: new Date(from).toISOString(),
    });
  });

  it.each(['', 'status=done', 'priority=urgent', 'model=', 'from=noon', 'until=', 'id=%20'])(
    'are none where "%s" says nothing of them',
    (text) => expect(query(text)).toEqual({}),
  );
});
