export async function init() {
  await null;
  throw new Error('the secret reason');
}

export const application = () => ['never'];
