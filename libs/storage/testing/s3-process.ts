/** The S3 server of the tests as a process of its own; prints its bucket, and the environment for clients. */
import { BUCKET, TestS3 } from './s3-server.js';

const s3 = await TestS3.start();
setInterval(() => s3.requests.splice(0), 100); // it keeps all bodies for tests
process.once('SIGTERM', () => {
  void s3.stop().then(() => process.exit(0));
});
console.log(JSON.stringify({ event: 'ready', bucket: BUCKET, env: s3.env }));
