x = 'http://mock:80'
