require('reflect-metadata');
const { Controller, Get, Module, Req } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');

/** What the compiler makes of decorators, for any adapter. */
exports.makeModule = function makeModule(name) {
  class Paths {
    path(request) {
      return `${name} ${request.method} ${request.url}`;
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Paths.prototype, 'path');
  Get('path')(Paths.prototype, 'path', descriptor);
  Req()(Paths.prototype, 'path', 0);
  Controller()(Paths);
  class App {}
  Module({ controllers: [Paths] })(App);
  return App;
};

exports.create = (name, ...adapter) => NestFactory.create(exports.makeModule(name), ...adapter, { logger: false });
