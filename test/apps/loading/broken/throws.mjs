throw new Error('the secret reason');
