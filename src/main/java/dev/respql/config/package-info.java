/** What a respql server can be told: its parameters, the configuration file and the database URL. */
package dev.respql.config;
