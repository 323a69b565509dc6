// An example listens on the port that the test has for it, and says when it does.
import { Server } from 'node:net';

const { listen } = Server.prototype;
Server.prototype.listen = function (_port, ...rest) {
  return listen.call(this, { port: 0, host: '127.0.0.1' }, ...rest).once('listening', () => {
    console.log(JSON.stringify({ event: 'ready', port: this.address().port }));
  });
};
