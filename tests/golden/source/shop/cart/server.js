const redis = require('redis')
const catalogue = process.env.CATALOGUE_HOST || 'catalogue' // or localhost:9000
const client = redis.createClient({ host: process.env.REDIS_HOST || 'cart-cache' })
fetch(`http://${catalogue}:8080/product`)
