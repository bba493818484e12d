export const words: string = 'detected as a module';
