import { create } from './nest.cjs';

export default await create('nest on express');
