module github.com/shop/users
