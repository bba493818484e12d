import { FastifyAdapter } from '@nestjs/platform-fastify';
import { create } from './nest.cjs';

export default await create('nest on fastify', new FastifyAdapter());
