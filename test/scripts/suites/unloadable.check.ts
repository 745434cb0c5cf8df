throw new Error('there is nothing to load');
