await Promise.reject(new Error('the secret reason'));

export const application = () => ['never'];
