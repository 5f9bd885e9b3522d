/**
 * Node's HTTP client without an `import` of it: that reads every export of the module, and WebSocket, CloseEvent and
 * MessageEvent among them load a second HTTP stack with HTTP/2, 13 MB that no device needs (test/core/io/https/node-http.test.ts).
 */
export const nodeHttp = process.getBuiltinModule('node:http');
